# Ten resources.
class differential::hundred::c097 {
  notify { 'c097 1':
    message => "1 of class c097 on ${facts['networking']['hostname']}",
  }
  notify { 'c097 2':
    message => "2 of class c097 on ${facts['networking']['hostname']}",
  }
  notify { 'c097 3':
    message => "3 of class c097 on ${facts['networking']['hostname']}",
  }
  notify { 'c097 4':
    message => "4 of class c097 on ${facts['networking']['hostname']}",
  }
  notify { 'c097 5':
    message => "5 of class c097 on ${facts['networking']['hostname']}",
  }
  notify { 'c097 6':
    message => "6 of class c097 on ${facts['networking']['hostname']}",
  }
  notify { 'c097 7':
    message => "7 of class c097 on ${facts['networking']['hostname']}",
  }
  notify { 'c097 8':
    message => "8 of class c097 on ${facts['networking']['hostname']}",
  }
  notify { 'c097 9':
    message => "9 of class c097 on ${facts['networking']['hostname']}",
  }
  notify { 'c097 10':
    message => "10 of class c097 on ${facts['networking']['hostname']}",
  }
}
