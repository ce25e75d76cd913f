# Ten resources.
class differential::hundred::c042 {
  notify { 'c042 1':
    message => "1 of class c042 on ${facts['networking']['hostname']}",
  }
  notify { 'c042 2':
    message => "2 of class c042 on ${facts['networking']['hostname']}",
  }
  notify { 'c042 3':
    message => "3 of class c042 on ${facts['networking']['hostname']}",
  }
  notify { 'c042 4':
    message => "4 of class c042 on ${facts['networking']['hostname']}",
  }
  notify { 'c042 5':
    message => "5 of class c042 on ${facts['networking']['hostname']}",
  }
  notify { 'c042 6':
    message => "6 of class c042 on ${facts['networking']['hostname']}",
  }
  notify { 'c042 7':
    message => "7 of class c042 on ${facts['networking']['hostname']}",
  }
  notify { 'c042 8':
    message => "8 of class c042 on ${facts['networking']['hostname']}",
  }
  notify { 'c042 9':
    message => "9 of class c042 on ${facts['networking']['hostname']}",
  }
  notify { 'c042 10':
    message => "10 of class c042 on ${facts['networking']['hostname']}",
  }
}
