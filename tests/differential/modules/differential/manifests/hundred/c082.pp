# Ten resources.
class differential::hundred::c082 {
  notify { 'c082 1':
    message => "1 of class c082 on ${facts['networking']['hostname']}",
  }
  notify { 'c082 2':
    message => "2 of class c082 on ${facts['networking']['hostname']}",
  }
  notify { 'c082 3':
    message => "3 of class c082 on ${facts['networking']['hostname']}",
  }
  notify { 'c082 4':
    message => "4 of class c082 on ${facts['networking']['hostname']}",
  }
  notify { 'c082 5':
    message => "5 of class c082 on ${facts['networking']['hostname']}",
  }
  notify { 'c082 6':
    message => "6 of class c082 on ${facts['networking']['hostname']}",
  }
  notify { 'c082 7':
    message => "7 of class c082 on ${facts['networking']['hostname']}",
  }
  notify { 'c082 8':
    message => "8 of class c082 on ${facts['networking']['hostname']}",
  }
  notify { 'c082 9':
    message => "9 of class c082 on ${facts['networking']['hostname']}",
  }
  notify { 'c082 10':
    message => "10 of class c082 on ${facts['networking']['hostname']}",
  }
}
